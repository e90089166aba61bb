package io.pgmesh.services.mesh;

import io.pgmesh.services.mesh.wire.Endpoint;

/** A plain PostgreSQL and a mesh with the same tables and rows. */
public record MeshUnderTest(Endpoint plain, Endpoint mesh) {}
