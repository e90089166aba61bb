package io.pgmesh.services.mesh;

import io.pgmesh.services.mesh.wire.Endpoint;

/**
 * A plain PostgreSQL and a mesh with the same tables and rows.
 *
 * @param distributed false when the second is plain PostgreSQL too, to test the tests
 */
public record MeshUnderTest(Endpoint plain, Endpoint mesh, boolean distributed) {}
