#!/usr/bin/env python3
"""A planner that asks the host for everything and says what it got."""

from gorod_plugin import Action, Call, Decision, Error, ErrorKind, Message, Planner, PlanRequest, PluginSpec, Role, Setup, serve


class Parrot(Planner):
    def __init__(self, setup: Setup) -> None:
        self._host = setup.host
        self._run = setup.run_id

    def plan(self, request: PlanRequest) -> Decision:
        call = Call(request.agent.id, request.tick, "plan")
        reply = self._host.generate(call, [Message(Role.USER, request.observation.place)], facts={"who": request.agent.id})
        vectors = self._host.embed(call, ["a", "b"])
        remembered = self._host.recall(call, "who?", 3)
        try:
            likely = f"{self._host.score(call, 'a', 'b'):g}"
        except Error as e:
            if e.kind != ErrorKind.UNSUPPORTED:
                raise
            likely = e.message
        actions = [Action(request.actions[0].kind)] if request.actions and request.max_actions else []
        return Decision(actions, thought=f"{reply.text}|{len(vectors)}|{remembered}|{likely}|{self._run}")


if __name__ == "__main__":
    serve(PluginSpec("planner", "py-parrot", "1.0.0", "repeats what the host says", Parrot))
