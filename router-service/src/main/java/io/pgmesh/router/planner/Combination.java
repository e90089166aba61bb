package io.pgmesh.router.planner;

/**
 * How the rows of shards become the answer.
 *
 * @param shard the query on one shard
 * @param shape the same columns, for a query over the shell tables; without conditions, so that it
 *     is the same for other constants in them
 * @param finish the last query, over what the shards gave
 * @param fusible whether the shard query may read rows of several shards as if of one table
 */
record Combination(Template shard, Template shape, Template finish, boolean fusible) {}
