"""Plugins for gorod in Python: subclass one of the kinds, describe it, and serve it.

    from gorod_plugin import Classifier, PluginSpec, Sentiment, serve

    class Mine(Classifier):
        def classify(self, tick, texts):
            return [Sentiment(valence=0.0, label="neutral") for _ in texts]

    if __name__ == "__main__":
        serve(PluginSpec("sentiment", "mine", "1.0.0", "Finds all texts neutral", lambda setup: Mine()))

Where gorod started the process, importing this package keeps standard output
for gorod: whatever is printed from then on goes to standard error, and so to
gorod's log. Import it before packages that print when they are imported.
"""

from gorod_plugin import _stdio

_stdio.take_over()

from gorod_plugin._serve import serve  # noqa: E402
from gorod_plugin.errors import Error, ErrorKind  # noqa: E402
from gorod_plugin.host import MAYOR_AGENT, SENTIMENT_AGENT, Call, Host, Message, Reply, Role  # noqa: E402
from gorod_plugin.kinds import (  # noqa: E402
    NEGATIVE,
    NEUTRAL,
    POSITIVE,
    Classifier,
    Decision,
    Implementation,
    Mayor,
    MayorDecision,
    MayorRequest,
    Memory,
    Metric,
    Planner,
    PlanRequest,
    Query,
    Recollection,
    Remembrance,
    Seen,
    Sentiment,
)
from gorod_plugin.measure import NO_TICK, Event, MetricInfo, Run, Score  # noqa: E402
from gorod_plugin.spec import Kind, PluginSpec, Setup  # noqa: E402
from gorod_plugin.town import Building, BuildingType, Citizen, Lot, Town  # noqa: E402
from gorod_plugin.types import (  # noqa: E402
    Action,
    ActionSpec,
    Agent,
    ArgSpec,
    Item,
    ItemKind,
    Json,
    JsonObject,
    Mood,
    Observation,
    Outcome,
    Person,
    Persona,
    Plan,
    Record,
    RecordChange,
)

__all__ = [
    "MAYOR_AGENT",
    "NEGATIVE",
    "NEUTRAL",
    "NO_TICK",
    "POSITIVE",
    "SENTIMENT_AGENT",
    "Action",
    "ActionSpec",
    "Agent",
    "ArgSpec",
    "Building",
    "BuildingType",
    "Call",
    "Citizen",
    "Classifier",
    "Decision",
    "Error",
    "ErrorKind",
    "Event",
    "Host",
    "Implementation",
    "Item",
    "ItemKind",
    "Json",
    "JsonObject",
    "Kind",
    "Lot",
    "Mayor",
    "MayorDecision",
    "MayorRequest",
    "Memory",
    "Message",
    "Metric",
    "MetricInfo",
    "Mood",
    "Observation",
    "Outcome",
    "Person",
    "Persona",
    "Plan",
    "PlanRequest",
    "Planner",
    "PluginSpec",
    "Query",
    "Recollection",
    "Record",
    "RecordChange",
    "Remembrance",
    "Reply",
    "Role",
    "Run",
    "Score",
    "Seen",
    "Sentiment",
    "Setup",
    "Town",
    "serve",
]
