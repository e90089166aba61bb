/** The verticle of the replication service, its configuration, and who waits for what. */
package io.pgmesh.replication.app;
