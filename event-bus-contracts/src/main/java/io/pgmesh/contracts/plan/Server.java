package io.pgmesh.contracts.plan;

/**
 * The server that a task runs on.
 *
 * @param groupId as in the catalog; 0 is the coordinator database
 */
public record Server(int groupId, String host, int port) {}
