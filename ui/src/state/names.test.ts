// Names where there is little room.
import { expect, test } from "vitest";
import { fileName, shortFolder, withoutName } from "./names";

test("the end of a folder's path is what tells it apart", () => {
  expect(shortFolder("/media/anna/CARD/DCIM/100GOPRO")).toBe("DCIM/100GOPRO");
  expect(shortFolder("E:\\DCIM\\100GOPRO\\")).toBe("DCIM/100GOPRO");
  expect([shortFolder("DCIM"), shortFolder("/"), shortFolder("")]).toEqual(["DCIM", "", ""]);
});

test("a name is not said twice", () => {
  expect(withoutName("A.JPG has no GPS position.", "A.JPG")).toBe("has no GPS position.");
  expect(withoutName("The card is gone.", "A.JPG")).toBe("The card is gone.");
  expect([fileName("/x/A.JPG"), fileName("E:\\x\\A.JPG"), fileName("A.JPG")]).toEqual([
    "A.JPG",
    "A.JPG",
    "A.JPG",
  ]);
});
