/**
 * Committed changes of reference tables as data: transactions cut into pieces. Pure: knows no
 * driver.
 */
package io.pgmesh.replication.change;
