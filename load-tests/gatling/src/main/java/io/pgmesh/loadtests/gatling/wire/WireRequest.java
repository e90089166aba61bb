package io.pgmesh.loadtests.gatling.wire;

import io.gatling.core.action.Action;
import io.gatling.core.structure.ScenarioContext;
import io.gatling.javaapi.core.ActionBuilder;

/**
 * One step of a scenario over Postgres wire, for {@code exec}.
 *
 * @param name in Gatling's report
 * @param mayBeRefused whether 53300 is an outcome of its own and no failure
 */
public record WireRequest(Wire wire, String name, WireWork work, boolean mayBeRefused)
    implements ActionBuilder {

  /** The same, where the mesh may have no room: 53300 is reported as "{@code name} refused". */
  public WireRequest orRefused() {
    return new WireRequest(wire, name, work, true);
  }

  @Override
  public io.gatling.core.action.builder.ActionBuilder asScala() {
    return new io.gatling.core.action.builder.ActionBuilder() {
      @Override
      public Action build(ScenarioContext context, Action next) {
        return new WireAction(WireRequest.this, context.coreComponents(), next);
      }
    };
  }
}
