package io.pgmesh.executor.run;

import io.pgmesh.contracts.error.ErrorFields;
import io.pgmesh.contracts.error.SqlError;
import java.util.List;
import java.util.Optional;

/**
 * postgres_fdw passes a worker's error on without the names of the table and the constraint that it
 * is about: they are put back where the coordinator database fails with that error.
 */
final class LoopbackErrors {
  private static final List<String> NAMES =
      List.of(
          ErrorFields.SCHEMA,
          ErrorFields.TABLE,
          ErrorFields.COLUMN,
          ErrorFields.DATA_TYPE,
          ErrorFields.CONSTRAINT);

  private Optional<ErrorFields> last = Optional.empty();

  void forget() {
    last = Optional.empty();
  }

  void remember(Throwable cause) {
    last = Optional.of(SqlError.from(cause).fields());
  }

  Throwable named(Throwable cause) {
    ErrorFields told = SqlError.from(cause).fields();
    Optional<ErrorFields> same =
        last.filter(error -> error.code().equals(told.code()))
            .filter(error -> error.message().equals(told.message()));
    if (same.isEmpty() || NAMES.stream().anyMatch(name -> told.get(name) != null)) {
      return cause;
    }
    ErrorFields named = told;
    for (String name : NAMES) {
      named = named.with(name, same.get().get(name));
    }
    return new SqlError(named);
  }
}
