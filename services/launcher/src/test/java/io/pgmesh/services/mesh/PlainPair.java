package io.pgmesh.services.mesh;

import io.pgmesh.services.mesh.wire.Endpoint;

/** Two databases of one plain PostgreSQL with the same tables and rows. */
public record PlainPair(Endpoint one, Endpoint other) {}
