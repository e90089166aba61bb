/** A session's transaction over all servers it touches, and its settings. */
package io.pgmesh.executor.tx;
