/** The topic that carries changes: the only place that knows Kafka. */
package io.pgmesh.replication.kafka;
