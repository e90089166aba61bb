package io.pgmesh.router.session;

import io.pgmesh.contracts.api.SessionEvent.Inspected;
import io.pgmesh.contracts.plan.Arguments;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A sink for rows of workers whose binary values name users' types: puts the coordinator database's
 * oids into them as they pass.
 */
final class NamedTypes implements ForwardingSink {
  private static final byte DATA_ROW = 'D';
  private static final Set<Long> ANONYMOUS = Set.of(2249L, 2287L); // record and record[]
  private static final int HEAD = 7; // tag, length, number of columns

  private final ResultSink sink;
  private final List<TypeShape> columns;

  private NamedTypes(ResultSink sink, List<TypeShape> columns) {
    this.sink = sink;
    this.columns = columns;
  }

  /** Empty where no value of the rows names such types. */
  static Optional<NamedTypes> of(ResultSink sink, Inspected statement, Arguments arguments) {
    List<Integer> formats = arguments.resultFormats();
    if (statement.types().isEmpty() || formats.stream().allMatch(format -> format == 0)) {
      return Optional.empty();
    }
    Map<Long, TypeShape> shapes = TypeShape.of(statement.types());
    List<TypeShape> columns = new ArrayList<>();
    for (long type : RowDescriptions.types(statement.rowDescription())) {
      boolean binary = RowDescriptions.format(formats, columns.size()) == 1;
      columns.add(binary ? shapes.getOrDefault(type, TypeShape.PLAIN) : TypeShape.PLAIN);
    }
    return columns.stream().allMatch(TypeShape.PLAIN::equals)
        ? Optional.empty()
        : Optional.of(new NamedTypes(sink, columns));
  }

  /** For later rows of the same statement. */
  NamedTypes to(ResultSink next) {
    return new NamedTypes(next, columns);
  }

  /** Whether rows have columns of which only the values tell what types they have. */
  static boolean hasAnonymousRows(Inspected statement) {
    return RowDescriptions.types(statement.rowDescription()).stream().anyMatch(ANONYMOUS::contains);
  }

  @Override
  public ResultSink sink() {
    return sink;
  }

  @Override
  public void rows(Buffer frames) {
    for (int at = 0; at < frames.length(); at += 1 + frames.getInt(at + 1)) {
      if (frames.getByte(at) == DATA_ROW) {
        name(frames, at + HEAD);
      }
    }
    sink.rows(frames);
  }

  private void name(Buffer row, int start) {
    int at = start;
    for (TypeShape column : columns) {
      int length = row.getInt(at);
      at += 4;
      if (length != TypeShape.NULL_LENGTH) {
        column.name(row, at);
        at += length;
      }
    }
  }
}
