/** Sessions: plans become flights on server connections, their frames become events. */
package io.pgmesh.executor.run;
