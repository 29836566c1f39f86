#!/usr/bin/env python3
"""A mayor that builds while it has more than it needs, and does nothing otherwise."""

from gorod_plugin import Action, Mayor, MayorDecision, MayorRequest, PluginSpec, serve


class Idler(Mayor):
    def decide(self, request: MayorRequest) -> MayorDecision:
        for spec in request.actions:
            if spec.kind == "build" and request.town.money > 90_000:
                return MayorDecision(Action("build", {a.name: a.values[0] for a in spec.args}), "денег много")
        return MayorDecision(Action("nothing"), f"у нас {len(request.town.citizens)}")


if __name__ == "__main__":
    serve(PluginSpec("mayor", "py-idler", "1.0.0", "mostly does nothing", lambda _: Idler()))
