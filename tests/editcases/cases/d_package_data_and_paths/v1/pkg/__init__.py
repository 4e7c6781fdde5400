from pathlib import Path
HERE = Path(__file__).parent
def read(): return (HERE / "data.txt").read_text().strip()
