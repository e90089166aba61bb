/**
 * Committed changes of reference tables as data: rows, transactions cut into pieces, and the SQL
 * that repeats them on a replica. Pure: knows no driver.
 */
package io.pgmesh.replication.change;
