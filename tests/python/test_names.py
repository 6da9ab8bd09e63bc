"""Rules about names that a row of kinds.py cannot show."""

import asyncio
import sys

import referrers


class Target:
    pass


def tree(target, **how):
    how.setdefault("search_for_untracked_objects", True)
    return str(referrers.get_referrer_graph(target, **how))


def test_a_python_class_named_like_a_c_type_has_its_own_names():
    """Rows about private C structs are for those types, not for their names."""
    kind = type("itertools.chain", (), {})
    target, held = Target(), kind()
    held.iterables = target
    text = tree(target, max_depth=1)
    assert "itertools.chain.iterables (instance attribute)" in text
    assert "(member)" not in text


def test_the_picture_tells_a_task_by_its_name():
    """A box that says "Task" alone is of no use in a loop with thousands; a
    task that nobody named is told by its number, without making its name."""
    async def main():
        async def wait(held):
            await future
        future = asyncio.get_running_loop().create_future()
        target = Target()
        named = asyncio.create_task(wait(target), name="mailer")
        unnamed = asyncio.create_task(wait(target))
        await asyncio.sleep(0)
        dot = referrers.get_referrer_graph(target).to_dot()
        name = unnamed.get_name()
        future.set_result(None)
        await asyncio.gather(named, unnamed)
        return dot, name
    dot, name = asyncio.run(main())
    assert "mailer" in dot
    assert name.startswith("Task-") and name in dot
