from app import Color, Point, Size
