package io.pgmesh.executor.worker;

/**
 * Where a PostgreSQL server listens, and as what it is spoken to. The coordinator database's server
 * may hold shards too; they are reached by connections of their own, since its main one is busy
 * while a statement there reads them through the loopback.
 */
public record Address(String host, int port, Part part) {

  /** As what a server is spoken to. */
  public enum Part {
    COORDINATOR,
    WORKER
  }

  public static Address coordinator(String host, int port) {
    return new Address(host, port, Part.COORDINATOR);
  }

  public static Address worker(String host, int port) {
    return new Address(host, port, Part.WORKER);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
