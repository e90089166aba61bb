package io.pgmesh.executor.worker;

/** Where a PostgreSQL server listens. */
public record Address(String host, int port) {
  @Override
  public String toString() {
    return host + ":" + port;
  }
}
