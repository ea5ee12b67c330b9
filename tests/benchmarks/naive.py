"""The link checker that anybody writes in an afternoon: requests and threads. python naive.py FOLDER prints JSON.

HEAD, then GET where that fails; a session a thread, 64 threads, 8 at a time at one host, two more tries.
"""

import json
import re
import sys
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

TIMEOUT, TRIES, THREADS, PER_HOST = 10, 3, 64, 8
HEADERS = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36", "Accept": "text/html,*/*;q=0.8"}
LINK = re.compile(r"\]\((https?://[^)\s]+)\)")
local = threading.local()
places: defaultdict[str, threading.Semaphore] = defaultdict(lambda: threading.Semaphore(PER_HOST))


def session() -> requests.Session:
    if not hasattr(local, "session"):
        local.session = requests.Session()
        local.session.headers.update(HEADERS)
        for scheme in ("http://", "https://"):
            local.session.mount(scheme, HTTPAdapter(pool_connections=100, pool_maxsize=10))
    return local.session


def ask(url: str) -> requests.Response:
    with session().head(url, timeout=TIMEOUT, allow_redirects=True) as answer:
        if answer.status_code < 400 or answer.status_code == 429:
            return answer
    with session().get(url, timeout=TIMEOUT, stream=True) as answer:
        return answer


def check(url: str) -> str:
    """fine, broken or unsure"""
    for turn in range(TRIES):
        try:
            with places[urlsplit(url).netloc]:
                answer = ask(url)
        except requests.Timeout:
            return "unsure"
        except requests.RequestException:
            time.sleep(2**turn)
            continue
        if answer.status_code != 429 and answer.status_code < 500:
            return "broken" if answer.status_code in (404, 410) else "fine" if answer.ok else "unsure"
        wait = answer.headers.get("retry-after", "")
        time.sleep(min(int(wait) if wait.isdecimal() else 2**turn, 60))
    return "unsure"


def main(folder: str) -> None:
    pages = (path.read_text(encoding="utf-8") for path in sorted(Path(folder).rglob("*.md")))
    urls = list(dict.fromkeys(url for page in pages for url in LINK.findall(page)))
    with ThreadPoolExecutor(THREADS) as pool:
        print(json.dumps(dict(zip(urls, pool.map(check, urls), strict=True))))


if __name__ == "__main__":
    main(sys.argv[1])
