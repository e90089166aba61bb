package io.pgmesh.services.launcher;

/** What is printed when the mesh answers. */
final class Ready {
  private Ready() {}

  static void print(int port, int httpPort) {
    System.out.println(
        "ready: postgresql://postgres@127.0.0.1:"
            + port
            + "/postgres http://127.0.0.1:"
            + httpPort);
    System.out.println("  psql \"postgresql://postgres@127.0.0.1:" + port + "/postgres\"");
    System.out.println(
        "  curl -s http://127.0.0.1:" + httpPort + "/sql -H 'content-type: application/json' \\");
    System.out.println("    -d '{\"query\": \"select * from citus_nodes\"}'");
    System.out.println("  ./pgmesh demo");
  }
}
