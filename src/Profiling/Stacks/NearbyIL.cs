namespace HeapDrift.Profiling.Stacks;

/// <summary>
/// The statement of native code that has no IL of its own: what an optimiser moved out of its place (a callee that was guessed and inlined, the body of a loop
/// that was replaced while it ran). Debuggers take the piece before for it, and so does <see cref="ILOffsetMap"/>.
/// </summary>
internal static class NearbyIL
{
    /// <summary>CLRDATA_IL_OFFSET_NO_MAPPING (xclrdata.idl of the runtime).</summary>
    public const int NoMapping = -1;

    /// <summary>CLRDATA_IL_OFFSET_PROLOG.</summary>
    public const int Prolog = -2;

    /// <summary>Inlined callees of one statement are some hundred bytes.</summary>
    public const int MostBytes = 768;

    /// <summary>O(bytes to the nearest piece, at most <see cref="MostBytes"/> in each direction).</summary>
    /// <param name="address">Inside the code.</param>
    /// <param name="ilAt">The IL offset or mark of an address; null where the method's code has ended.</param>
    /// <returns>Null where no piece of the method is near.</returns>
    public static int? Find(ulong address, Func<ulong, int?> ilAt)
    {
        int? here = ilAt(address);
        return here is null or >= 0 ? here
            : here == Prolog ? 0
            : Look(address, back: true, ilAt) ?? Look(address, back: false, ilAt);
    }

    private static int? Look(ulong address, bool back, Func<ulong, int?> ilAt)
    {
        for (ulong distance = 1; distance <= MostBytes; distance++)
        {
            int? il = ilAt(back ? address - distance : address + distance);
            if (il is null or >= 0 or Prolog)
            {
                return il is >= 0 ? il : null;
            }
        }

        return null;
    }
}
