package io.pgmesh.services.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgmesh.services.mesh.wire.Flight;
import io.pgmesh.services.mesh.wire.WireClient;
import java.time.Duration;
import java.util.List;

/** A client of plain PostgreSQL and one of the mesh, which send the same messages. */
record WirePair(WireClient plain, WireClient mesh) implements AutoCloseable {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  static WirePair connect(MeshUnderTest servers) {
    return new WirePair(
        WireClient.connect(servers.plain(), ANSWER_WITHIN),
        WireClient.connect(servers.mesh(), ANSWER_WITHIN));
  }

  /** Both run a statement without an error. */
  void succeed(String sql) {
    succeeds(plain, sql);
    succeeds(mesh, sql);
  }

  /** Only the mesh knows the statement. */
  void meshSucceeds(String sql) {
    succeeds(mesh, sql);
  }

  private static void succeeds(WireClient client, String sql) {
    assertThat(client.simple(sql).failure()).as(sql).isNull();
  }

  /** What both answer. */
  List<String> answer(Flight flight) {
    List<String> expected = plain.answersTo(flight);
    assertThat(mesh.answersTo(flight)).isEqualTo(expected);
    return expected;
  }

  /** Ends what they are in. */
  void rollBack() {
    plain.simple("ROLLBACK");
    mesh.simple("ROLLBACK");
  }

  @Override
  public void close() {
    plain.close();
    mesh.close();
  }
}
