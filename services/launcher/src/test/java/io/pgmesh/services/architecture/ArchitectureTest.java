package io.pgmesh.services.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.pgmesh.contracts.bus.BusCodecs;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** What may know what. A rule that has to change is a decision: see docs/decisions. */
@AnalyzeClasses(packages = "io.pgmesh", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String CONTRACTS = "io.pgmesh.contracts..";
  private static final String LAUNCHER = "io.pgmesh.services..";

  @ArchTest
  static final ArchRule services_meet_only_in_contracts =
      slices()
          .matching("io.pgmesh.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(alwaysTrue(), resideInAPackage(CONTRACTS))
          .ignoreDependency(resideInAPackage(LAUNCHER), alwaysTrue())
          .because(
              "a service may run in a JVM of its own: what it needs of another one goes over the"
                  + " event bus, as io.pgmesh.contracts says");

  @ArchTest
  static final ArchRule contracts_know_no_service =
      noClasses()
          .that()
          .resideInAPackage(CONTRACTS)
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.pgmesh..")
                  .and(DescribedPredicate.not(resideInAPackage(CONTRACTS))))
          .because("everyone depends on the contracts, so they depend on nobody");

  @ArchTest
  static final ArchRule rules_are_pure =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.pgmesh.contracts.plan..",
              "io.pgmesh.contracts.catalog..",
              "io.pgmesh.contracts.hash..",
              "io.pgmesh.contracts.replica..",
              "io.pgmesh.router.sql..",
              "io.pgmesh.router.planner..",
              "io.pgmesh.metadata.catalog..",
              "io.pgmesh.replication.change..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.vertx..", "io.netty..", "org.apache.kafka..")
          .because(
              "rules are functions of records: they are tested and read without any machinery");

  @ArchTest
  static final ArchRule hazelcast_in_one_place =
      onlyIn("com.hazelcast..", "io.pgmesh.services.launcher..");

  @ArchTest
  static final ArchRule kafka_client_in_one_place =
      onlyIn(
          "org.apache.kafka..",
          "io.pgmesh.replication.kafka..",
          "io.pgmesh.replication.app..",
          "io.pgmesh.services.embedded..");

  @ArchTest
  static final ArchRule metrics_where_something_is_counted =
      onlyIn(
          "io.micrometer..",
          "io.pgmesh.router.session..",
          "io.pgmesh.executor.worker..",
          "io.pgmesh.*.app..",
          "io.pgmesh.services.launcher..");

  @ArchTest
  static final ArchRule parser_in_one_place =
      onlyIn("net.sf.jsqlparser..", "io.pgmesh.router.sql..", "io.pgmesh.router.planner..");

  @ArchTest
  static final ArchRule jdbc_in_one_place = onlyIn("org.postgresql..", "io.pgmesh.services.demo..");

  @ArchTest
  static final ArchRule only_the_launcher_imports_verticles =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.pgmesh.*.app..", LAUNCHER)
          .should()
          .dependOnClassesThat(resideInAPackage("io.pgmesh.*.app.."))
          .because("verticles wire the other packages, so nothing of a service depends on them");

  @ArchTest
  static final ArchRule no_cycles =
      slices()
          .matching("io.pgmesh.(*).(*)..")
          .should()
          .beFreeOfCycles()
          .ignoreDependency(type(BusCodecs.class), alwaysTrue()) // it lists what travels
          .because("packages are read one after the other");

  @ArchTest
  static final ArchRule only_the_launcher_blocks =
      noClasses()
          .that()
          .resideOutsideOfPackages(LAUNCHER)
          .should()
          .callMethodWhere(waits())
          .because("an event loop that waits stops every client it serves");

  private static ArchRule onlyIn(String library, String... packages) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat(resideInAPackage(library))
        .because("a library that few packages know can be replaced")
        .allowEmptyShould(true);
  }

  private static DescribedPredicate<JavaCall<?>> waits() {
    Map<String, Set<String>> waiting =
        Map.of(
            "io.vertx.core.Future",
            Set.of("await"),
            Future.class.getName(),
            Set.of("get"),
            CompletableFuture.class.getName(),
            Set.of("get", "join"),
            Thread.class.getName(),
            Set.of("sleep", "join"));
    return DescribedPredicate.describe(
        "wait for a result",
        call ->
            waiting
                .getOrDefault(call.getTargetOwner().getName(), Set.of())
                .contains(call.getName()));
  }
}
