// Taking over what mapillary_tools wrote down as sent from this computer: asked for once, and said in words.
import { format, t } from "../i18n";
import type { HistoryTaken, Problem } from "../wire.gen";
import { asProblem, type App } from "./app.svelte";

/** What came of it in a sentence; counts of nothing are left out. */
export function takenWords(taken: HistoryTaken): string {
  const { newCount, knownCount, otherAccountCount, unfinishedCount } = taken;
  const parts = [
    knownCount > 0 ? t("peer.known", { n: knownCount }) : "",
    otherAccountCount > 0 ? t("peer.other_account", { n: otherAccountCount }) : "",
    unfinishedCount > 0 ? t("peer.unfinished", { n: unfinishedCount }) : "",
  ].filter(Boolean);
  if (parts.length === 0) return newCount > 0 ? t("peer.new", { n: newCount }) : t("peer.nothing");
  const rest = format.list(parts);
  return newCount > 0 ? t("peer.new_rest", { n: newCount, rest }) : t("peer.nothing_rest", { rest });
}

/** The offer, how far it is, and what came of it. */
export class PeerHistory {
  running = $state(false);
  failure = $state.raw<Problem | null>(null);
  /** The last answer, and whose it is: another account has its own. */
  private last = $state.raw<{ userId: string; taken: HistoryTaken } | null>(null);

  constructor(
    private readonly app: App,
    /** Shows the library anew. */
    private readonly reload: () => Promise<void>,
  ) {}

  /** What came of it for the present account; null before. */
  taken = $derived.by(
    () => (this.last?.userId === this.app.current?.userId ? this.last?.taken : null) ?? null,
  );

  /** Asks the core, and then for the library anew. A second press while it runs asks nothing. */
  async take(): Promise<void> {
    const userId = this.app.current?.userId;
    if (this.running || userId === undefined) return;
    this.running = true;
    try {
      const reply = await this.app.platform.call({ call: "take_over_history" });
      this.failure = null;
      if (reply.reply !== "history_taken") return;
      // The words come after the lines: an empty library becomes a full one, and what is said should stay there.
      await this.reload();
      this.last = { userId, taken: reply.data };
    } catch (thrown) {
      this.failure = asProblem(thrown);
    } finally {
      this.running = false;
    }
  }
}
