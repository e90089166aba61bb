package io.pgmesh.services.mesh.wire;

/** Where a server listens, plain PostgreSQL or mesh. */
public record Endpoint(String host, int port, String user, String database) {

  public static Endpoint local(int port) {
    return new Endpoint("127.0.0.1", port, "postgres", "postgres");
  }

  /** The URL for pgjdbc. */
  public String jdbc() {
    return "jdbc:postgresql://" + host + ":" + port + "/" + database + "?user=" + user;
  }
}
