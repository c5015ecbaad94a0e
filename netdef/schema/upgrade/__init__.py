"""Old forms of nets and solvers, read as today's: messages in, new messages out, with a map of where each field was."""

from netdef.schema.upgrade.net import upgrade_net as upgrade_net
from netdef.schema.upgrade.paths import Path as Path
from netdef.schema.upgrade.result import Upgraded as Upgraded
from netdef.schema.upgrade.result import UpgradeError as UpgradeError
from netdef.schema.upgrade.solver import upgrade_solver as upgrade_solver
