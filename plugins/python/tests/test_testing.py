import math

from gorod_plugin import Call, Message, Planner, PluginSpec, Setup
from gorod_plugin.testing import FakeHost, make

CALL = Call("a1", 1, "plan")


def test_a_fake_host_replies_in_turn_and_keeps_what_it_was_asked() -> None:
    host = FakeHost("раз", "два", recollection="ничего", log_prob=-2)
    texts = [host.generate(CALL, [Message("user", str(n))]).text for n in range(3)]
    assert texts == ["раз", "два", "два"]
    assert [(call, m[0].content) for call, m in host.prompts] == [(CALL, "0"), (CALL, "1"), (CALL, "2")]
    assert host.recall(CALL, "?") == "ничего"
    assert host.score(CALL, "", "") == -2


def test_embeddings_follow_the_words() -> None:
    same, also, other = FakeHost().embed(CALL, ["мост закрыт", "Закрыт мост", "школа"])
    assert same == also != other
    assert math.isclose(math.hypot(*other), 1)


def test_make_fills_in_what_the_config_leaves_out() -> None:
    setups: list[Setup] = []

    class Idle(Planner):
        def plan(self, request: object) -> None:  # type: ignore[override]
            return None

    def keep(setup: Setup) -> Idle:
        setups.append(setup)
        return Idle()

    schema = {"properties": {"a": {"default": 1}, "b": {"default": 2}, "c": {}}}
    host = FakeHost()
    made = make(PluginSpec("planner", "idle", "1.0.0", "idle", keep, schema), {"b": 3}, host=host, seed=4, language="en")
    assert isinstance(made, Idle)
    (setup,) = setups
    assert (setup.config, setup.host, setup.seed, setup.language) == ({"a": 1, "b": 3}, host, 4, "en")
