"""The compiled validator, the gate and pySHACL on the same documents with faults planted.

Each side is a process of its own and reads a published corpus document by document. `compiled`
only says which documents conform, `gate` lets pySHACL report on the others, as a publication
does, and `pyshacl` is given the whole graph and the shapes as they are written. CPU is that of
validating, with what it takes to index the data; reading documents is left out on all sides.
The results of the gate and of pySHACL are compared one by one, with messages and details.
"""

import hashlib
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import batched_documents
from pathlib import Path
from typing import Any, Final
