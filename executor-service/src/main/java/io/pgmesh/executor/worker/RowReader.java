package io.pgmesh.executor.worker;

import io.pgmesh.contracts.plan.Arguments;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Collects the text rows of the mesh's own small queries. */
public final class RowReader implements Listener {
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * Runs a query with text parameters in the extended protocol.
   *
   * @return its rows; NULL is null
   */
  public static Future<List<List<String>>> query(
      BackendConnection connection, String sql, String... parameters) {
    var reader = new RowReader();
    return Flight.extended(connection, new Frames().run(sql, textArguments(parameters)), reader)
        .future()
        .map(outcome -> reader.rows);
  }

  /** Runs one or more statements in the simple protocol. */
  public static Future<List<List<String>>> simple(BackendConnection connection, String sql) {
    var reader = new RowReader();
    return Flight.simple(connection, sql, reader).future().map(outcome -> reader.rows);
  }

  /** Text parameters of types that the server infers. */
  public static Arguments textArguments(String... parameters) {
    List<byte[]> values =
        Arrays.stream(parameters)
            .map(value -> value == null ? null : value.getBytes(StandardCharsets.UTF_8))
            .toList();
    return new Arguments(List.of(), List.of(), values, List.of());
  }

  /** The rows so far. */
  public List<List<String>> rows() {
    return rows;
  }

  @Override
  public void rows(BackendConnection from, Buffer frames) {
    ServerMessages.eachRow(
        frames,
        row -> {
          var texts = new ArrayList<String>(row.size());
          row.forEach(v -> texts.add(v == null ? null : new String(v, StandardCharsets.UTF_8)));
          rows.add(texts);
        });
  }
}
