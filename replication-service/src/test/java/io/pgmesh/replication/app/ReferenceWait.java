package io.pgmesh.replication.app;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** How long a commit waits for the replicas of the mesh that a test class starts. */
@Retention(RetentionPolicy.RUNTIME)
@interface ReferenceWait {
  int seconds();
}
