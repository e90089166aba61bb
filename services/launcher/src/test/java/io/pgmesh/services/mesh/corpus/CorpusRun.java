package io.pgmesh.services.mesh.corpus;

import io.pgmesh.services.mesh.corpus.Case.Flag;
import io.pgmesh.services.mesh.wire.Endpoint;
import io.pgmesh.services.mesh.wire.Reply;
import io.pgmesh.services.mesh.wire.WireClient;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One file of the corpus in one mode, statement by statement on a plain server and on the mesh. */
final class CorpusRun {
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(30);

  private final Endpoint plainServer;
  private final Endpoint meshServer;
  private final boolean meshed;
  private final Mode mode;
  private final List<String> report = new ArrayList<>();
  private WireClient plain;
  private WireClient mesh;

  /**
   * @param meshed whether the second server is a mesh; plain PostgreSQL skips what only a mesh does
   */
  CorpusRun(Endpoint plainServer, Endpoint meshServer, boolean meshed, Mode mode) {
    this.plainServer = plainServer;
    this.meshServer = meshServer;
    this.meshed = meshed;
    this.mode = mode;
  }

  /** Runs the file on new sessions and returns a readable list of differences. */
  List<String> run(CorpusFile file) {
    plain = WireClient.connect(plainServer, ANSWER_WITHIN);
    mesh = WireClient.connect(meshServer, ANSWER_WITHIN);
    try {
      file.cases().stream().filter(mode::takes).forEach(this::run);
      return report;
    } finally {
      plain.close();
      mesh.close();
    }
  }

  private void run(Case test) {
    if (test.has(Flag.MESH)) {
      if (meshed) {
        mustSucceed(test, onMesh(test));
      }
    } else if (test.has(Flag.PLAIN)) {
      mustSucceed(test, mode.run(plain, test));
    } else {
      List<Reply> expected = mode.run(plain, test);
      if (expectedError(test, expected)) {
        List<Reply> answer = onMesh(test);
        if (meshed && !test.refused().isEmpty()) {
          mustBeRefused(test, answer);
        } else {
          Differences.between(expected, answer, test).forEach(d -> add(test, d));
        }
      }
    }
  }

  private List<Reply> onMesh(Case test) {
    try {
      return mode.run(mesh, test);
    } catch (UncheckedIOException e) {
      add(test, "the mesh broke the connection or did not answer: " + e.getCause());
      mesh.close();
      mesh = WireClient.connect(meshServer, ANSWER_WITHIN);
      return List.of();
    }
  }

  /** Guards the corpus itself: an unexpected error on PostgreSQL is a mistake in the file. */
  private boolean expectedError(Case test, List<Reply> replies) {
    String error =
        replies.stream()
            .filter(reply -> reply.failure() != null)
            .findFirst()
            .map(reply -> reply.failure().state())
            .orElse("");
    if (!error.equals(test.error())) {
      add(
          test,
          "plain PostgreSQL answers «"
              + error
              + "», the file says «"
              + test.error()
              + "»"
              + replies.stream().map(r -> r.failure() == null ? "" : " " + r.failure()).toList());
      return false;
    }
    return true;
  }

  private void mustSucceed(Case test, List<Reply> replies) {
    for (Reply reply : replies) {
      if (reply.failure() != null) {
        add(test, "failed: " + reply.failure().fields());
      }
    }
  }

  private void mustBeRefused(Case test, List<Reply> replies) {
    boolean refused =
        replies.stream()
            .anyMatch(r -> r.failure() != null && r.failure().state().equals(test.refused()));
    if (!refused) {
      add(test, "must be refused with " + test.refused() + " but was answered: " + replies);
    }
  }

  private void add(Case test, String difference) {
    report.add(
        test.place() + " [" + mode + "] " + difference + "\n      sql:   " + oneLine(test.sql()));
  }

  private static String oneLine(String sql) {
    String line = sql.replaceAll("\\s+", " ");
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
