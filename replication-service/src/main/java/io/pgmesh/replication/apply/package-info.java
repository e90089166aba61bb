/**
 * Both ends of the stream in PostgreSQL: the change log in the coordinator database and the
 * replicas on workers.
 */
package io.pgmesh.replication.apply;
