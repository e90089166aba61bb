package io.pgmesh.metadata.store;

/** A server of the mesh, as the catalog names it. */
public record Address(String host, int port) {
  public Address {
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("not a port: " + port);
    }
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
