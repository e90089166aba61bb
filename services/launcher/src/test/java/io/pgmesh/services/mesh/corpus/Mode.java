package io.pgmesh.services.mesh.corpus;

import io.pgmesh.services.mesh.corpus.Case.Flag;
import io.pgmesh.services.mesh.wire.Reply;
import io.pgmesh.services.mesh.wire.WireClient;
import java.util.ArrayList;
import java.util.List;

/** How the statements of the corpus are sent. */
enum Mode {
  SIMPLE {
    @Override
    boolean takes(Case test) {
      return !test.has(Flag.EXTENDED_ONLY) && test.fetch() == 0;
    }

    @Override
    List<Reply> run(WireClient client, Case test) {
      if (!test.hasParameters()) {
        return List.of(client.simple(test.sql(), test.copyLines()));
      }
      var replies = new ArrayList<Reply>();
      replies.add(client.simple("PREPARE corpus_case AS " + test.sql()));
      for (List<String> row : test.arguments()) {
        replies.add(client.simple("EXECUTE corpus_case(" + Parameters.literals(row) + ")"));
      }
      replies.add(client.simple("DEALLOCATE corpus_case"));
      return replies;
    }
  },
  EXTENDED {
    @Override
    boolean takes(Case test) {
      return !test.has(Flag.SIMPLE_ONLY);
    }

    @Override
    List<Reply> run(WireClient client, Case test) {
      return List.of(
          client.extended(test.sql(), test.arguments(), false, test.fetch(), test.copyLines()));
    }
  },
  BINARY {
    @Override
    boolean takes(Case test) {
      return !test.has(Flag.SIMPLE_ONLY);
    }

    @Override
    List<Reply> run(WireClient client, Case test) {
      boolean copies = !test.copyLines().isEmpty();
      return List.of(
          client.extended(test.sql(), test.arguments(), !copies, test.fetch(), test.copyLines()));
    }
  };

  abstract boolean takes(Case test);

  abstract List<Reply> run(WireClient client, Case test);
}
