"""What the host sends, from the wire."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from gorod_plugin import kinds, measure, town, types
from gorod_plugin._proto.gorod.base.v1 import agent_pb2, observation_pb2, record_pb2
from gorod_plugin._proto.gorod.mayor.v1 import mayor_pb2
from gorod_plugin._proto.gorod.memory.v1 import memory_pb2
from gorod_plugin._proto.gorod.metric.v1 import metric_pb2
from gorod_plugin._proto.gorod.planner.v1 import planner_pb2
from gorod_plugin.errors import Error, ErrorKind


def json_value(data: bytes, what: str) -> types.Json:
    """Decodes JSON; raises INVALID_INPUT where it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as e:
        raise Error(ErrorKind.INVALID_INPUT, f"{what} is not JSON: {e}") from e


def agent(m: agent_pb2.Agent) -> types.Agent:
    """Decodes an agent."""
    return types.Agent(
        id=m.id,
        persona=persona(m.persona) if m.HasField("persona") else None,
        mood=types.Mood(m.mood.valence, m.mood.arousal),
        goals=list(m.goals),
        plan=types.Plan(m.plan.purpose, m.plan.place, m.plan.since),
        group=m.group,
    )


def persona(m: agent_pb2.Persona) -> types.Persona:
    """Decodes a persona."""
    extra = json_value(m.extra_json, "what else a persona file says") if m.extra_json else {}
    return types.Persona(
        name=m.name,
        age=m.age,
        gender=m.gender,
        occupation=m.occupation,
        residence=m.residence,
        bio=m.bio,
        style=m.style,
        interests=list(m.interests),
        traits=dict(m.traits),
        beliefs=dict(m.beliefs),
        relationships=dict(m.relationships),
        routine=list(m.routine),
        goals=list(m.goals),
        extra=extra,
    )


def observation(m: observation_pb2.Observation) -> types.Observation:
    """Decodes an observation."""
    return types.Observation(
        tick=m.tick,
        time=m.time,
        place=m.place,
        notifications=[item(i) for i in m.notifications],
        timeline=[item(i) for i in m.timeline],
        messages=[item(i) for i in m.messages],
        people=[types.Person(p.id, p.name) for p in m.people],
        outcomes=[outcome(o) for o in m.outcomes],
        trends=list(m.trends),
        groups=list(m.groups),
        open_groups=list(m.open_groups),
    )


def item(m: observation_pb2.Item) -> types.Item:
    """Decodes an item."""
    return types.Item(
        kind=m.kind,
        id=m.id,
        author=m.author,
        author_name=m.author_name,
        text=m.text,
        group=m.group,
        audience=m.audience,
        time=m.time,
        parent=m.parent,
        event=m.event,
        options=list(m.options),
        rank=m.rank,
        score=m.score,
        addressed=m.addressed,
    )


def action(m: observation_pb2.Action) -> types.Action:
    """Decodes an action."""
    return types.Action(m.kind, dict(m.args))


def outcome(m: observation_pb2.Outcome) -> types.Outcome:
    """Decodes what became of an action."""
    return types.Outcome(action(m.action), m.ok, m.detail)


def action_spec(m: observation_pb2.ActionSpec) -> types.ActionSpec:
    """Decodes what is allowed."""
    args = [types.ArgSpec(a.name, a.description, a.required, list(a.values)) for a in m.args]
    return types.ActionSpec(m.kind, m.description, args)


def record(m: record_pb2.Record) -> types.Record:
    """Decodes a record."""
    return types.Record(m.agent, m.key, m.kind, json_value(m.json, f"record {m.key!r} of agent {m.agent!r}"))


def seen(m: memory_pb2.Seen) -> kinds.Seen:
    """Decodes what an agent saw."""
    return kinds.Seen(agent(m.agent), observation(m.observation))


def query(m: memory_pb2.Query) -> kinds.Query:
    """Decodes a query."""
    return kinds.Query(agent(m.agent), observation(m.observation), m.text, m.limit)


def recollection(m: memory_pb2.Recollection) -> kinds.Recollection:
    """Decodes what an agent remembers."""
    return kinds.Recollection(
        text=m.text,
        items=[kinds.Remembrance(i.key, i.text, i.score, i.tick) for i in m.items],
        experience=[action(a) for a in m.experience],
    )


def plan_request(m: planner_pb2.PlanRequest) -> kinds.PlanRequest:
    """Decodes a situation."""
    return kinds.PlanRequest(
        tick=m.tick,
        agent=agent(m.agent),
        observation=observation(m.observation),
        recollection=recollection(m.recollection),
        actions=[action_spec(a) for a in m.actions],
        max_actions=m.max_actions,
    )


def mayor_request(m: mayor_pb2.DecideRequest) -> kinds.MayorRequest:
    """Decodes what a mayor sees."""
    return kinds.MayorRequest(m.tick, town_of(m.town), [action_spec(a) for a in m.actions])


def town_of(m: mayor_pb2.Town) -> town.Town:
    """Decodes a town."""
    return town.Town(
        name=m.name,
        time=m.time,
        day=m.day,
        hour=m.hour,
        money=m.money,
        width=m.width,
        height=m.height,
        goal=m.goal,
        goal_money=m.goal_money,
        goal_population=m.goal_population,
        left=m.left,
        free=[town.Lot(lot.x, lot.y) for lot in m.free],
        buildings=[building(b) for b in m.buildings],
        citizens=[citizen(c) for c in m.citizens],
        types=[town.BuildingType(t.name, t.cost, t.beds, t.desks, dict(t.menu)) for t in m.types],
        recruit_cost=m.recruit_cost,
        newcomer_cash=m.newcomer_cash,
        last=outcome(m.last) if m.HasField("last") else None,
    )


def building(m: mayor_pb2.Building) -> town.Building:
    """Decodes a building."""
    return town.Building(m.id, m.type, town.Lot(m.lot.x, m.lot.y), m.income, m.free_beds, m.beds, m.free_desks, m.desks)


def citizen(m: mayor_pb2.Citizen) -> town.Citizen:
    """Decodes a citizen."""
    return town.Citizen(m.id, m.name, m.bio, m.goal, m.cash, m.home, m.mood if m.HasField("mood") else None)


def run(m: metric_pb2.Run) -> measure.Run:
    """Decodes a run."""
    try:
        start = datetime.fromisoformat(m.start)
    except ValueError as e:
        raise Error(ErrorKind.INVALID_INPUT, f"the start of the run: {e}") from e
    return measure.Run(
        study=m.study,
        cell=m.cell,
        seed=m.seed,
        language=m.language,
        start=start,
        step=timedelta(seconds=m.step_seconds),
        ticks=m.ticks,
        agents=[agent(a) for a in m.agents],
    )


def events(m: metric_pb2.MeasureRequest) -> Iterator[measure.Event]:
    """Decodes the events of one message."""
    for e in m.events:
        yield measure.Event(e.tick, e.seq, e.kind, e.agent, json_value(e.json, f"event {e.tick}/{e.seq}"))
