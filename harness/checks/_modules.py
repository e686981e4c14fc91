"""What is known of module names: distributions, the standard library's members over time."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from functools import cache
from types import ModuleType


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KNOWN_MODULES = _words("""
    aiofiles aiohttp alembic altair anthropic anyio apscheduler arrow attr attrs azure babel
    backoff bcrypt bleach bokeh boto3 botocore braintree brotli bs4 cachetools catboost celery
    certifi cffi chardet charset_normalizer cirq click colorama Crypto Cryptodome cryptography
    cupy cv2 cvxpy Cython cython dash dask databases datasets dateparser dateutil decouple
    deepdiff diskcache distro django dns docker docutils docx dotenv duckdb elasticsearch
    email_validator emoji evaluate factory faiss faker fastapi fastavro fire flask flask_cors
    flask_login flask_sqlalchemy folium freezegun fsspec gensim geopandas gevent git github
    google googleapiclient graphene greenlet grpc gunicorn gymnasium h11 h5py httpx
    huggingface_hub hydra hypothesis imageio inflect IPython ipywidgets isort jax jaxlib
    jellyfish jinja2 joblib jose jsonpath_ng jsonschema jwt kafka keras keyring kivy langchain
    Levenshtein librosa lightgbm llvmlite loguru lxml markdown markdown_it markupsafe
    marshmallow matplotlib mlflow mock moto mpmath msgpack multidict mypy_extensions mysql
    MySQLdb nacl natsort nbformat neo4j networkx nibabel nltk nose numba numexpr numpy oauthlib
    odf ollama omegaconf onnx onnxruntime openai openpyxl opentelemetry optuna orjson packaging
    pandas paramiko parse passlib pathspec patsy peewee pendulum pexpect phonenumbers pika PIL
    pint pip pkg_resources platformdirs playwright plotly pluggy polars prometheus_client
    prompt_toolkit psutil psycopg psycopg2 ptyprocess pyarrow pyasn1 pycparser pydantic
    pydantic_settings pydub pygame pygments pymongo pymysql pynput pyodbc pyparsing pypdf PyPDF2
    pyperclip PyQt5 PyQt6 PySide6 pyspark pytest pytz pyximport qiskit qrcode ray rdflib redis
    referencing regex reportlab requests requests_mock requests_oauthlib responses rich rpds rsa
    ruamel s3fs sacrebleu safetensors scapy schedule scipy scrapy seaborn selenium sentencepiece
    sentry_sdk serial setuptools shapely simplejson simpy six skimage sklearn slugify smart_open
    sniffio snowflake sortedcontainers soupsieve spacy sqlalchemy sqlmodel sqlparse stamina
    starlette statsmodels streamlit stripe structlog sympy tabulate tblib telegram tenacity
    tensorflow termcolor textblob textdistance thefuzz thinc tiktoken timm tokenizers toml tomli
    tomli_w tomlkit toolz torch torchaudio torchvision tornado tqdm transformers trio twilio
    twisted typeguard typer typing_extensions tzdata tzlocal ujson umap unidecode urllib3
    uvicorn uvloop validators vcr wand watchdog watchfiles wcwidth webob websocket websockets
    werkzeug wheel wordcloud wrapt wtforms xarray xgboost xlrd xlsxwriter xmltodict xxhash yaml
    yarl zeep zmq zstandard
""")
"""Import names of common distributions: a name here exists, whether or not the sandbox holds it."""

GONE_MODULES = _words("""
    __builtin__ aifc asynchat asyncore audioop BaseHTTPServer binhex cgi cgitb chunk commands
    ConfigParser cookielib copy_reg cPickle crypt cStringIO distutils formatter HTMLParser
    httplib imghdr imp lib2to3 mailcap md5 msilib nis nntplib ossaudiodev parser pipes Queue
    sets sha smtpd sndhdr SocketServer spwd StringIO sunau symbol telnetlib thread Tkinter
    urllib2 urlparse uu xdrlib
""")
"""Modules that the standard library once held."""

NEW_MODULES = frozenset({"annotationlib", "compression", "tomllib", "zoneinfo", "graphlib"})
"""Modules that newer versions hold than the one that this may run on."""

SAFE_MODULES = _words("""
    abc argparse array ast asyncio base64 binascii bisect bz2 calendar cmath codecs collections
    colorsys concurrent configparser contextlib contextvars copy csv dataclasses datetime
    decimal difflib email enum errno fnmatch fractions functools gc getpass glob graphlib gzip
    hashlib heapq hmac html http importlib inspect io ipaddress itertools json keyword linecache
    locale logging lzma math mimetypes numbers operator os pathlib pickle platform pprint queue
    random re reprlib sched secrets select shelve shlex shutil signal socket sqlite3 statistics
    string struct subprocess sys tempfile textwrap threading time timeit tokenize traceback
    types typing unicodedata unittest urllib uuid warnings weakref xml zipfile zlib zoneinfo
""")
"""Modules whose import has no effect, so that their members can be asked for on the host."""

_OTHER_VERSIONS = {
    key: _words(text)
    for key, text in {
        "ast": (
            "Num Str Bytes NameConstant Ellipsis TypeAlias ParamSpec TypeVar TypeVarTuple "
            "TemplateStr Interpolation compare Index ExtSlice"
        ),
        "asyncio": (
            "coroutine TaskGroup timeout timeout_at Runner Barrier QueueShutDown EventLoop "
            "eager_task_factory create_eager_task_factory get_child_watcher "
            "set_child_watcher AbstractChildWatcher ThreadedChildWatcher SafeChildWatcher "
            "FastChildWatcher MultiLoopChildWatcher PidfdChildWatcher capture_call_graph "
            "print_call_graph future_add_to_awaited_by WindowsSelectorEventLoopPolicy "
            "ProactorEventLoop WindowsProactorEventLoopPolicy IocpProactor "
            "get_event_loop_policy set_event_loop_policy DefaultEventLoopPolicy "
            "AbstractEventLoopPolicy"
        ),
        "base64": "encodestring decodestring z85encode z85decode",
        "calendar": "Month Day JANUARY FEBRUARY format_day",
        "codecs": "mbcs_encode mbcs_decode oem_encode oem_decode",
        "collections": (
            "Mapping MutableMapping Sequence MutableSequence Iterable Iterator Callable Set "
            "MutableSet Hashable Sized Container Generator Awaitable Coroutine KeysView "
            "ValuesView ItemsView MappingView ByteString Reversible Collection"
        ),
        "collections.abc": "ByteString Buffer",
        "concurrent.futures": "InterpreterPoolExecutor",
        "configparser": (
            "SafeConfigParser LegacyInterpolation MultilineContinuationError "
            "UnnamedSectionDisabledError InvalidWriteError UNNAMED_SECTION"
        ),
        "copy": "replace",
        "datetime": "UTC",
        "fractions": "gcd",
        "gzip": "READ WRITE",
        "hashlib": "file_digest",
        "heapq": "heappush_max heappop_max heapify_max heapreplace_max heappushpop_max",
        "html": "parser entities",
        "html.parser": "HTMLParseError",
        "importlib": "find_loader resources metadata",
        "inspect": (
            "getargspec formatargspec getmoduleinfo markcoroutinefunction BufferFlags "
            "getasyncgenstate getasyncgenlocals ispackage"
        ),
        "io": "OpenWrapper text_encoding Reader Writer",
        "itertools": "batched pairwise izip imap ifilter izip_longest ifilterfalse",
        "locale": "format resetlocale",
        "logging": "warn getHandlerByName getHandlerNames getLevelNamesMapping",
        "math": "sumprod fma cbrt exp2 integer isnormal issubnormal fmax fmin signbit",
        "operator": "call is_none is_not_none isCallable div sequenceIncludes",
        "os": (
            "get_handle_inheritable set_handle_inheritable "
            "getcwdu popen2 popen3 errno startfile process_cpu_count O_BINARY listdrives "
            "listvolumes add_dll_directory EFD_NONBLOCK eventfd timerfd_create unshare "
            "setns reload_environ P_DETACH O_TEMPORARY O_NOINHERIT getlogin lchmod lchflags "
            "chflags plock"
        ),
        "os.path": ("isjunction splitroot isreserved isdevdrive walk ALLOW_MISSING splitunc"),
        "pathlib": "UnsupportedOperation types",
        "platform": "linux_distribution dist popen android_ver ios_ver",
        "queue": "ShutDown",
        "random": "binomialvariate jumpahead",
        "re": "template TEMPLATE NOFLAG PatternError",
        "select": "kqueue kevent devpoll epoll poll",
        "shutil": "_GiveupOnFastCopy",
        "signal": "CTRL_C_EVENT CTRL_BREAK_EVENT SIGBREAK SIGINFO SIGEMT SIGSTKFLT",
        "socket": (
            "SIO_RCVALL SIO_KEEPALIVE_VALS RCVALL_ON RCVALL_OFF ioctl SO_EXCLUSIVEADDRUSE "
            "SO_REUSEPORT SO_REUSEPORT_LB SO_USELOOPBACK TCP_KEEPALIVE AF_SYSTEM fromshare"
        ),
        "sqlite3": "OptimizedUnicode enable_shared_cache LEGACY_TRANSACTION_CONTROL Blob",
        "statistics": "kde kde_random correlation linear_regression covariance",
        "string": (
            "letters lowercase uppercase maketrans join replace atoi atof upper lower split "
            "strip find templatelib"
        ),
        "subprocess": (
            "STARTUPINFO CREATE_NEW_CONSOLE CREATE_NO_WINDOW STARTF_USESHOWWINDOW SW_HIDE "
            "CREATE_NEW_PROCESS_GROUP DETACHED_PROCESS HIGH_PRIORITY_CLASS "
            "IDLE_PRIORITY_CLASS NORMAL_PRIORITY_CLASS CREATE_BREAKAWAY_FROM_JOB "
            "STARTF_USESTDHANDLES BELOW_NORMAL_PRIORITY_CLASS STD_INPUT_HANDLE"
        ),
        "sys": (
            "maxint setdefaultencoding exc_clear exc_type exc_value last_exc last_type "
            "last_value last_traceback ps1 ps2 tracebacklimit gettotalrefcount "
            "getwindowsversion winver dllhandle monitoring activate_stack_trampoline "
            "deactivate_stack_trampoline is_stack_trampoline_active getunicodeinternedsize "
            "_is_gil_enabled _is_interned _is_immortal remote_exec _jit "
            "is_remote_debug_enabled exception set_coroutine_wrapper getcheckinterval "
            "subversion setcheckinterval abiflags _MEIPASS frozen real_prefix "
            "setdlopenflags gettrace pypy_version_info _git getandroidapilevel long_info "
            "exitfunc _clear_internal_caches"
        ),
        "threading": "setprofile_all_threads settrace_all_threads _sleep",
        "time": ("clock pthread_getcpuclockid CLOCK_UPTIME_RAW CLOCK_HIGHRES CLOCK_PROF tzset"),
        "types": (
            "ListType DictType StringType IntType ClassType InstanceType StringTypes "
            "get_original_bases CapsuleType UnicodeType TupleType FloatType LongType "
            "BooleanType"
        ),
        "typing": (
            "override TypeAliasType ReadOnly TypeIs NoDefault get_protocol_members "
            "is_protocol evaluate_forward_ref io re ByteString Buffer Self Never "
            "LiteralString assert_never assert_type reveal_type Unpack TypeVarTuple "
            "NotRequired Required dataclass_transform clear_overloads get_overloads "
            "deprecated"
        ),
        "unicodedata": "isxidstart isxidcontinue grapheme_cluster_break",
        "unittest": ("makeSuite findTestCases getTestCaseNames _TextTestResult enterModuleContext"),
        "urllib": (
            "urlopen quote unquote urlencode quote_plus unquote_plus urlretrieve pathname2url"
        ),
        "uuid": "uuid6 uuid7 uuid8 NIL MAX",
        "warnings": "deprecated",
        "xml.etree": "cElementTree",
        "zipfile": "Path _path",
    }.items()
}
"""Members that some version or platform has and another has not: never called invented."""


@cache
def other_versions(module: str) -> frozenset[str]:
    """Members of `module` that came, went, or are of another platform."""
    return _OTHER_VERSIONS.get(module, frozenset())


@cache
def load_safe(name: str) -> ModuleType | None:
    """A module of the standard library, imported on the host; None unless its import is known to
    have no effect."""
    if name.split(".")[0] not in SAFE_MODULES:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(name)
    except Exception:
        return None


@cache
def has_submodule(name: str) -> bool:
    """Whether `name`, dotted and below a safe module, can be imported."""
    parent = name.rpartition(".")[0]
    if load_safe(parent) is None:
        return False
    try:
        return importlib.util.find_spec(name) is not None or name in sys.modules
    except (ImportError, ValueError, AttributeError):
        return name in sys.modules


@cache
def missing_member(path: str) -> tuple[str, str] | None:
    """(module, member) of the first step of a dotted path that the standard library does not
    have; None where all steps exist, where the path leaves modules, or where nothing is known."""
    parts = path.split(".")
    name = parts[0]
    for member in parts[1:]:
        module = load_safe(name)
        if module is None or member.startswith("_"):
            return None
        below = f"{name}.{member}"
        if hasattr(module, member):
            if not isinstance(getattr(module, member), ModuleType):
                return None
            if load_safe(below) is None:
                return None
        elif not has_submodule(below):
            return name, member
        name = below
    return None
