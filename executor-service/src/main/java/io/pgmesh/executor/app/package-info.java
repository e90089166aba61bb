/** The executor's verticle and configuration. */
package io.pgmesh.executor.app;
