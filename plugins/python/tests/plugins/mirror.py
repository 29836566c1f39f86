#!/usr/bin/env python3
"""A planner that answers at once with a decision of the usual size."""

from gorod_plugin import Action, Decision, Plan, Planner, PlanRequest, PluginSpec, serve


class Mirror(Planner):
    def plan(self, request: PlanRequest) -> Decision:
        post = Action("post", {"text": "Соседи, кто знает, когда откроют мост?"})
        return Decision(
            [post] if request.allows("post") else [],
            Plan("узнать, когда откроют мост", "network"),
            "Надо бы спросить у соседей.",
        )


if __name__ == "__main__":
    serve(PluginSpec("planner", "py-mirror", "1.0.0", "decides without thinking", lambda _: Mirror()))
