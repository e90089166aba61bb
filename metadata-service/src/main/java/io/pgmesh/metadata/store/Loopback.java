package io.pgmesh.metadata.store;

/**
 * How functions of the coordinator database reach the mesh.
 *
 * @param address the mesh's own Postgres-wire endpoint
 * @param secret password of the role {@code pgmesh_loopback} there
 */
public record Loopback(Address address, String secret) {

  @Override
  public String toString() {
    return address.toString(); // no password in logs
  }
}
