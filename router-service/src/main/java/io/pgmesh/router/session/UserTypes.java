package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.Inspected;
import io.pgmesh.contracts.plan.Arguments;
import io.pgmesh.contracts.plan.Plan;
import io.pgmesh.contracts.plan.SqlText;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Binary values that name users' types by oids go to workers as text, which the coordinator
 * database makes of them, and come back with its oids. Statements without such types are not
 * touched.
 */
final class UserTypes {
  private static final int BINARY = 1;
  private static final int TEXT = 0;

  private final int valuesMaxBytes;
  private final Map<Long, NamedTypes> suspended = new HashMap<>(); // by statement

  /** Runs what the router itself asks for. */
  interface Runner {
    Future<Outcome> run(Plan plan, Arguments arguments, int maxRows, ResultSink sink);
  }

  UserTypes(int valuesMaxBytes) {
    this.valuesMaxBytes = valuesMaxBytes;
  }

  // ---- rows

  Optional<NamedTypes> rows(
      ResultSink sink, Optional<Inspected> statement, Preparation.Ready ready) {
    return ready.plan() instanceof Plan.Coordinator
        ? Optional.empty()
        : statement.flatMap(found -> NamedTypes.of(sink, found, ready.arguments()));
  }

  /** Remembers what comes back for more rows. */
  void ran(NamedTypes rows, Outcome outcome) {
    if (outcome instanceof Outcome.Suspended(long statement)) {
      suspended.put(statement, rows);
    }
  }

  ResultSink resumed(long statement, ResultSink sink) {
    NamedTypes rows = suspended.get(statement);
    return rows == null ? sink : rows.to(sink);
  }

  void closed(long statement) {
    suspended.remove(statement);
  }

  /** With it portals have ended. */
  void transactionEnded() {
    suspended.clear();
  }

  // ---- parameters

  Future<Preparation.Ready> withTexts(
      Preparation.Ready ready, Optional<Inspected> statement, Runner runner) {
    List<Integer> indexes =
        ready.plan() instanceof Plan.Coordinator || ready.lifted()
            ? List.of()
            : statement.map(found -> naming(found, ready.arguments())).orElse(List.of());
    if (indexes.isEmpty()) {
      return Future.succeededFuture(ready);
    }
    var row = new FirstRow(valuesMaxBytes);
    Inspected found = statement.orElseThrow();
    String sql =
        IntStream.range(0, indexes.size())
            .mapToObj(i -> "$" + (i + 1) + "::" + typeName(found, indexes.get(i)))
            .collect(Collectors.joining(", ", "SELECT ", ""));
    return runner
        .run(
            new Plan.Coordinator(SqlText.made(sql), Plan.Use.READ),
            new Arguments(
                List.of(),
                List.of(BINARY),
                indexes.stream().map(ready.arguments().values()::get).toList(),
                List.of()),
            0,
            row)
        .map(done -> ready.with(replaced(ready.arguments(), indexes, row.values().orElseThrow())));
  }

  private static String typeName(Inspected statement, int parameter) {
    long type = statement.parameterTypes().get(parameter);
    return statement.types().stream()
        .filter(parts -> parts.oid() == type)
        .findFirst()
        .orElseThrow()
        .name();
  }

  private static List<Integer> naming(Inspected statement, Arguments arguments) {
    if (statement.types().isEmpty()
        || arguments.formats().stream().allMatch(format -> format == TEXT)) {
      return List.of();
    }
    Map<Long, TypeShape> shapes = TypeShape.of(statement.types());
    List<Long> types = statement.parameterTypes();
    return IntStream.range(0, Math.min(types.size(), arguments.values().size()))
        .filter(i -> arguments.format(i) == BINARY && arguments.values().get(i) != null)
        .filter(i -> shapes.getOrDefault(types.get(i), TypeShape.PLAIN) != TypeShape.PLAIN)
        .boxed()
        .toList();
  }

  private static Arguments replaced(
      Arguments arguments, List<Integer> indexes, List<byte[]> texts) {
    List<Integer> formats = new ArrayList<>();
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < arguments.values().size(); i++) {
      int at = indexes.indexOf(i);
      formats.add(at < 0 ? arguments.format(i) : TEXT);
      values.add(at < 0 ? arguments.values().get(i) : texts.get(at));
    }
    return new Arguments(arguments.types(), formats, values, arguments.resultFormats());
  }
}
