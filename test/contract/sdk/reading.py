"""Compares JSON with the models of the vendor's SDK."""
import re

from huaweicloudsdkmodelarts.v1 import model as models

PRIMITIVES = {"str": str, "int": int, "long": int, "float": (int, float), "bool": bool, "object": object}
# Fields of answers that no model of the SDK has, by model.
outside = {}


def unreadable(data, kind, known=(), where=""):
    """What the SDK cannot read, or would convert silently, as texts. Paths in `known` are expected."""
    if data is None or where in known:
        return []
    if kind.startswith("list["):
        if not isinstance(data, list):
            return ["%s is %s, the SDK reads a list" % (where, type(data).__name__)]
        return [text for item in data for text in unreadable(item, kind[5:-1], known, where + "[]")]
    if kind.startswith("dict("):
        return [] if isinstance(data, dict) else ["%s is no object" % where]
    if kind in PRIMITIVES:
        fits = isinstance(data, PRIMITIVES[kind]) and (kind in ("bool", "object") or not isinstance(data, bool))
        return [] if fits else ["%s is %s, the SDK reads %s" % (where, type(data).__name__, kind)]
    model = getattr(models, kind, None)
    if model is None:
        return ["%s: the SDK has no model %s" % (where, kind)]
    if not model.openapi_types:
        return []
    if not isinstance(data, dict):
        return ["%s is %s, the SDK reads %s" % (where or "the body", type(data).__name__, kind)]
    found = []
    names = {model.attribute_map[name]: kind for name, kind in model.openapi_types.items()}
    for key, value in data.items():
        if key in names:
            found += unreadable(value, names[key], known, (where + "." + key).lstrip("."))
        else:
            outside.setdefault(kind, set()).add(key)
    return found


def differences(read, want, where=""):
    """How what was read differs from an expectation: a value, a type, a function, or an object or list of them."""
    if isinstance(want, dict):
        if not isinstance(read, dict):
            return ["%s is missing" % (where or "the body")]
        return [text for key in want for text in differences(read.get(key), want[key], where + "." + key)]
    if isinstance(want, list):
        if not isinstance(read, list) or len(read) != len(want):
            return ["%s is %s, expected %s items" % (where, read, len(want))]
        return [text for at, item in enumerate(want) for text in differences(read[at], item, "%s[%s]" % (where, at))]
    if isinstance(want, type):
        fits = isinstance(read, want)
    elif callable(want):
        fits = want(read)
    else:
        fits = read == want
    if fits:
        return []
    expected = getattr(want, "__name__", None) or repr(want)
    return ["%s is %r, expected %s" % (where.lstrip("."), read, expected)]


def outline(read, data):
    """The types in `data` of what was read: `string`, `number`, `boolean`, an object of outlines, or a list with one."""
    if data is None:
        return {}
    if isinstance(read, dict) and isinstance(data, dict):
        return {key: outline(value, data[key]) for key, value in sorted(read.items()) if data.get(key) is not None}
    if isinstance(read, list) and isinstance(data, list):
        return [outline(item, data[at]) for at, item in enumerate(read[:1])]
    if isinstance(data, (dict, list)):
        # The SDK could not read it.
        return {} if isinstance(data, dict) else []
    if isinstance(data, bool):
        return "boolean"
    return "string" if isinstance(data, str) else "number"
