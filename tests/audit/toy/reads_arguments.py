import argparse

parser = argparse.ArgumentParser()
parser.add_argument("data")
arguments = parser.parse_args()
