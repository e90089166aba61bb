/**
 * PostgreSQL connections: opened by the Vert.x client, then spoken to in raw frames, and pooled.
 */
package io.pgmesh.executor.worker;
