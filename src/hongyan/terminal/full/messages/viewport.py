"""Where one is in a chat: which lines of which items are on the screen, what is selected, and how moving changes that.

The place is an item and a line of it, or the chat's end, which is followed. Items are loaded while they are needed, a
page at a time, and laid out while they are near; nothing is known of the height of the rest. It draws nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hongyan.model.ids import CommandId, Seq

if TYPE_CHECKING:
    from hongyan.terminal.full.messages.bubbles import BubbleLayout, Laid
    from hongyan.terminal.full.messages.items import Item
    from hongyan.terminal.full.messages.window import HistoryWindow

__all__ = ["Place", "Viewport"]

_KEPT: Final = 2000  # laid out items that are remembered

Place = tuple[int, int]
"""An item's index in the window and a line of it."""


class Viewport:
    """The part of ``window`` that ``height`` lines of ``width`` cells show. ``unread_from`` has a line above it."""

    def __init__(self, typeset: BubbleLayout) -> None:
        self.typeset = typeset
        self.window: HistoryWindow | None = None
        self.width = 2
        self.height = 1
        self.unread_from = Seq(0)
        self.unread_label = ""
        self.below = 0  # new items while the end was not on the screen
        self._top: Place | None = None  # None: the end is followed
        self._selected: tuple[int, int] | None = None  # the key of the selected item
        self._laid: dict[tuple[object, ...], tuple[Item, Laid]] = {}
        self._view: list[Place] | None = None
        self._fraction = 1.0

    def show(self, window: HistoryWindow | None, unread_from: Seq, unread_label: str) -> None:
        """Show a chat, at its end."""
        self.window = window
        self.unread_from, self.unread_label = unread_from, unread_label
        self._top, self._selected, self.below = None, None, 0
        self.forget()

    def resize(self, width: int, height: int) -> None:
        """Take another size; the place stays."""
        if (width, height) != (self.width, self.height):
            self.width, self.height = width, height
            self._view = None

    def forget(self) -> None:
        """Lay everything out anew."""
        self._laid.clear()
        self._view = None

    def changed(self, came: int = 0) -> None:
        """Note that the window changed; ``came`` items are new at its end."""
        if came and self._top is not None:
            self.below += came
        self._view = None

    @property
    def follows(self) -> bool:
        """Whether the chat's end is on the screen and stays there."""
        return self._top is None and (self.window is None or self.window.at_end)

    @property
    def top(self) -> Place | None:
        """The first line on the screen, None where the end is followed."""
        return self._top

    def to_unread(self) -> None:
        """Begin at the line of the unread where they are more than the screen holds."""
        index = (
            self.window.index_of(self.unread_from) if self.window is not None and self.unread_from else None
        )
        first = self.places()[:1]
        if index is not None and first and first[0][0] > index:
            self._go((index, 0))

    # -- laying out

    def lay(self, index: int) -> Laid:
        """Return the lines of an item."""
        assert self.window is not None
        item = self.window[index]
        previous = self.window[index - 1] if index else None
        unread = self.unread_label if item.seq and item.seq == self.unread_from else ""
        width = self.width
        key = (item.key, previous.key if previous else None, width, unread)
        of, laid = self._laid.get(key, (None, None))
        if laid is None or of != item:  # the state of a send changes, and its note counts down
            if len(self._laid) > _KEPT:
                self._laid.clear()
            laid = self.typeset.lay(item, previous, width, unread=unread)
            self._laid[key] = item, laid
        return laid

    def _count(self) -> int:
        return len(self.window) if self.window is not None else 0

    def places(self) -> list[Place]:
        """Return the item and line of each line on the screen, from the top."""
        if self._view is None:
            self._view = self._found_places(max(self.height, 1))
            self._fraction = self._found_fraction()
        return self._view

    def _found_places(self, height: int) -> list[Place]:
        if self.window is None or not self._count():
            return []
        while self._top is not None and self._count() - self._top[0] <= height and not self.window.at_end:
            if not self._load_newer():
                break
        if self._top is None or self._top[0] >= self._count():
            return self._from_end(height)
        index, line = self._top
        places: list[Place] = []
        while len(places) < height and index < self._count():
            places += [(index, at) for at in range(line, len(self.lay(index).lines))]
            index, line = index + 1, 0
        at_end = self.window.at_end and (len(places) < height or places[height - 1] == self._last_place())
        return self._from_end(height) if at_end else places[:height]

    def _last_place(self) -> Place:
        last = self._count() - 1
        return last, len(self.lay(last).lines) - 1

    def _from_end(self, height: int) -> list[Place]:
        """Return the last lines of the chat, which is followed from now on."""
        self._top, self.below = None, 0
        places: list[Place] = []
        index = self._count() - 1
        while len(places) < height:
            places[:0] = [(index, at) for at in range(len(self.lay(index).lines))]
            index -= 1
            if index < 0:
                added = self._load_older()
                if not added:
                    break
                places = [(i + added, at) for i, at in places]
                index += added
        return places[-height:]

    def _load_older(self) -> int:
        """Load what comes before and return how many items that were; places in the window go with them."""
        assert self.window is not None
        added = self.window.older()
        if added:
            self._view = None
            if self._top is not None:
                self._top = (self._top[0] + added, self._top[1])
        return added

    def _load_newer(self) -> tuple[int, int] | None:
        """Load the following page; return how many items were added and how many removed in front, None at the chat's end."""
        assert self.window is not None
        added, gone = self.window.newer()
        self._view = None
        if gone and self._top is not None:
            self._top = (self._top[0] - gone, self._top[1])
        return (added, gone) if added else None

    def is_whole(self) -> bool:
        """Whether everything that the chat has is on the screen."""
        window = self.window
        return window is None or (
            window.at_start
            and window.at_end
            and (not self._count() or (self.places()[0] == (0, 0) and self._top is None))
        )

    def fraction(self) -> float:
        """Return where in the whole chat the screen is: 0 at its beginning, 1 at its end."""
        self.places()
        return self._fraction

    def _found_fraction(self) -> float:
        if self.window is None or self._top is None:
            return 1.0
        first, last = self.window.ends()
        return ((self.window[self._top[0]].seq or last) - first) / max(last - first, 1)

    # -- moving

    def scroll_lines(self, count: int) -> None:
        """Move by lines, up if negative."""
        places = self.places()
        if places and count < 0:
            self._go(self._above(places[0], -count))
        elif places and count > 0 and self._top is not None:
            self._go(self._below(places[0], count))

    def _above(self, place: Place, count: int) -> Place:
        """Return the place so many lines above, or the chat's beginning."""
        index, line = place
        while count > line:
            count -= line + 1
            if index == 0:
                added = self._load_older()
                if not added:
                    return 0, 0
                index += added
            index -= 1
            line = len(self.lay(index).lines) - 1
        return index, line - count

    def _below(self, place: Place, count: int) -> Place:
        """Return the place so many lines below, or the last one that there is."""
        index, line = place
        while count > (left := len(self.lay(index).lines) - 1 - line):
            if index + 1 >= self._count():
                loaded = self._load_newer()
                if loaded is None:
                    return index, line + left
                index -= loaded[1]
            count -= left + 1
            index, line = index + 1, 0
        return index, line + count

    def _go(self, place: Place) -> None:
        self._top = place
        self._view = None
        self.places()  # which notices where that is the end

    def page(self, pages: float) -> None:
        """Move by screens, up if negative, and take the selection along."""
        height = max(self.height - 1, 1)
        self.scroll_lines(round(pages * height))
        if self._selected is not None:
            places = self.places()
            if places:
                self._select_index(places[0 if pages < 0 else -1][0])

    def to_end(self) -> None:
        """Go to the chat's newest message and follow it."""
        if self.window is None:
            return
        if not self.window.at_end:
            self.window.load_end()
        self._top, self.below = None, 0
        if self._selected is not None and self._count():
            self._select_index(self._count() - 1)
        self._view = None

    def to_start(self) -> None:
        """Go to the chat's first message."""
        if self.window is None or not self._count():
            return
        if not self.window.at_start:
            self.window.load_start()
        self._select_index(0)
        self._go((0, 0))

    def to_seq(self, seq: Seq, *, select: bool = True) -> bool:
        """Go to a row of the journal, or the first after it; return whether it is in this chat."""
        if self.window is None:
            return False
        if self.window.index_of(seq) is None:
            self.window.load_around(seq)
        index = self.window.index_of(seq)
        found = index is not None
        if index is None:
            index = next((i for i in range(self._count()) if self.window[i].seq >= seq), self._count() - 1)
        if not self._count():
            return False
        if select:
            self._select_index(index)
        self._go((index, 0))
        self.scroll_lines(-(self.height // 3))
        return found

    def to_fraction(self, fraction: float) -> None:
        """Go to about there in the whole chat."""
        if self.window is None or not self._count():
            return
        if fraction >= 1:
            self.to_end()
            return
        seq = self.window.seq_at(max(fraction, 0.0))
        first, last = self.window.span
        if not first <= seq <= last:
            self.window.load_around(seq)
        index = next((i for i in range(self._count()) if self.window[i].seq >= seq), self._count() - 1)
        self._go((index, 0))

    def to_day(self, step: int) -> None:
        """Go to the beginning of the day before (-1) or after (1) the topmost message."""
        places = self.places()
        if self.window is None or not places:
            return
        index = self.index_of_selected()
        index = places[0][0] if index is None else index
        while True:
            index += step
            if index < 0:
                added = self._load_older()
                if not added:
                    self.to_start()
                    return
                index += added
            if index >= self._count():
                self.to_end()
                return
            if self._begins_day(index):
                break
        self._select_index(index)
        self._go((index, 0))

    def _begins_day(self, index: int) -> bool:
        laid = self.lay(index)
        unread = bool(
            self.window is not None and self.window[index].seq == self.unread_from and self.unread_label
        )
        return laid.before - unread > 0

    # -- selecting

    @property
    def selected(self) -> Item | None:
        """The selected item."""
        index = self.index_of_selected()
        return self.window[index] if self.window is not None and index is not None else None

    def index_of_selected(self) -> int | None:
        """Return the position of the selected item in the window."""
        if self._selected is None or self.window is None:
            return None
        seq, command = self._selected
        return self.window.index_of(Seq(seq), CommandId(command) if command else None)

    def _select_index(self, index: int) -> None:
        assert self.window is not None
        self._selected = self.window[index].key

    def select(self, item: Item | None) -> None:
        """Select an item, or nothing."""
        self._selected = item.key if item is not None else None

    def move(self, count: int) -> None:
        """Move the selection by messages, up if negative; it begins at the end of what is on the screen."""
        if self.window is None or not self._count():
            return
        index = self.index_of_selected()
        if index is None:
            places = self.places()
            index = places[-1][0] if places else self._count() - 1
            if count > 0:
                count -= 1
            else:
                count += 1
        index += count
        while index < 0:
            added = self._load_older()
            if not added:
                break
            index += added
        while index >= self._count() and not self.window.at_end:
            loaded = self._load_newer()
            if loaded is None:
                break
            index -= loaded[1]
        self._select_index(min(max(index, 0), self._count() - 1))
        self.reveal()

    def reveal(self) -> None:
        """Scroll until the selected item is on the screen."""
        index = self.index_of_selected()
        if index is None:
            return
        places = self.places()
        lines = len(self.lay(index).lines)
        if not places or index < places[0][0] or (index == places[0][0] and places[0][1] > 0):
            self._go((index, 0))
        elif index > places[-1][0] or (index == places[-1][0] and places[-1][1] < lines - 1):
            first = self.height - lines
            self._go((index, max(-first, 0)))
            if first > 0:
                self.scroll_lines(-first)
        else:
            self._view = None

    def item_at(self, y: int) -> Item | None:
        """Return the item on a line of the pane."""
        places = self.places()
        at = y - max(self.height - len(places), 0)
        if self.window is None or not 0 <= at < len(places):
            return None
        return self.window[places[at][0]]
