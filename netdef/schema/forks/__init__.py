"""What forks of Caffe added to its files: whose each name is, and how to go on without it.

netdef reads Caffe's own format. A file of a fork is refused where it needs what the fork added, and then its author
wants to know whose name that is and what to write instead.
"""

from netdef.schema.forks.fields import way_round_field as way_round_field
from netdef.schema.forks.types import OWN_TYPE as OWN_TYPE
from netdef.schema.forks.types import way_round_type as way_round_type
from netdef.schema.forks.values import way_round_value as way_round_value
