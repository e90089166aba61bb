package io.pgmesh.services.mesh.corpus;

import io.pgmesh.services.mesh.wire.Endpoint;
import io.pgmesh.services.mesh.wire.Reply.Rows;
import io.pgmesh.services.mesh.wire.WireClient;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Relations in schema public that a corpus file left behind, so that the next starts clean. */
final class Leftovers {
  private static final String RELATIONS =
      """
      SELECT CASE relkind WHEN 'v' THEN 'VIEW ' WHEN 'm' THEN 'MATERIALIZED VIEW '
             WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || 'IF EXISTS ' || quote_ident(relname)
      FROM pg_class WHERE relnamespace = 'public'::regnamespace
        AND relkind IN ('r', 'p', 'v', 'm', 'S')
      ORDER BY array_position('{v,m,r,p,S}', relkind::text)""";

  private final Endpoint server;
  private final Set<String> before;

  private Leftovers(Endpoint server, Set<String> before) {
    this.server = server;
    this.before = before;
  }

  /** Remembers what is there now. */
  static Leftovers since(Endpoint server) {
    try (var client = connect(server)) {
      return new Leftovers(server, relations(client));
    }
  }

  void drop() {
    try (var client = connect(server)) {
      Set<String> now = relations(client);
      now.removeAll(before);
      for (String relation : now) {
        var failure = client.simple("DROP " + relation + " CASCADE").failure();
        if (failure != null) {
          throw new IllegalStateException("cannot drop " + relation + ": " + failure.fields());
        }
      }
    }
  }

  private static WireClient connect(Endpoint server) {
    return WireClient.connect(server, Duration.ofSeconds(60));
  }

  private static Set<String> relations(WireClient client) {
    var reply = client.simple(RELATIONS);
    if (!(reply.results().getFirst() instanceof Rows rows)) {
      throw new IllegalStateException("cannot list relations: " + reply);
    }
    return new LinkedHashSet<>(rows.values().stream().map(List::getFirst).toList());
  }
}
