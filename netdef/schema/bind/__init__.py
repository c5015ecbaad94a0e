"""From syntax trees to typed messages, with the place of every field."""

from netdef.schema.bind.binder import Bound as Bound
from netdef.schema.bind.binder import FieldPath as FieldPath
from netdef.schema.bind.binder import bind as bind
from netdef.schema.bind.files import examine as examine
from netdef.schema.bind.files import read as read
