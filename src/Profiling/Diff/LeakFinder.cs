using HeapDrift.Profiling.Heap;

namespace HeapDrift.Profiling.Diff;

/// <summary>
/// Walks the growth from the roots downwards and stops where it accumulates: at the first objects that multiply beneath a holder that does
/// not. <c>static Cache.Sessions -> Dictionary -> Entry[] -> Session (+10,000)</c> is one finding at the table, not five rows. O(nodes).
/// </summary>
internal sealed class LeakFinder(long floorBytes)
{
    /// <summary>Fewer new objects than this are no pile: a holder may be replaced by one or two others without any leak.</summary>
    private const int PileObjects = 10;

    private readonly List<Accumulation> _found = [];

    /// <summary>Accumulation points, the largest retained growth first; of equal growth the application's first.</summary>
    public static IReadOnlyList<Accumulation> Find(GrowthNode heap, long floorBytes)
    {
        var finder = new LeakFinder(floorBytes);
        finder.Visit(heap);
        return
        [
            .. finder._found
                .OrderByDescending(found => found.RetainedBytesDelta)
                .ThenBy(found => found.Type.Origin)
                .ThenBy(found => found.Type.Step.Name, StringComparer.Ordinal),
        ];
    }

    /// <summary>Returns whether something was found at or beneath the node.</summary>
    private bool Visit(GrowthNode node)
    {
        GrowthNode[] piles = [.. node.Children.Where(IsPile)];
        bool found = node.IsArray ? VisitTable(node, piles) : VisitFields(piles);
        foreach (GrowthNode holder in node.Children.Where(child => child.RetainedBytesDelta >= floorBytes && !IsPile(child)))
        {
            found |= Visit(holder);
        }

        if (!found && node.Step.Kind == PathStepKind.Type && node.BytesDelta >= floorBytes)
        {
            _found.Add(new Accumulation(node, node, node.BytesDelta));
            return true;
        }

        return found;
    }

    /// <summary>An array is one table: its keys, values and its own growth belong together.</summary>
    private bool VisitTable(GrowthNode table, GrowthNode[] piles)
    {
        long retained = piles.Sum(pile => pile.RetainedBytesDelta) + table.BytesDelta;
        if (piles.Length == 0 || retained < floorBytes)
        {
            return false;
        }

        GrowthNode largest = piles.OrderBy(pile => LeakingType(pile).Origin).ThenByDescending(pile => pile.RetainedBytesDelta).First();
        _found.Add(new Accumulation(table, LeakingType(largest), retained));
        return true;
    }

    /// <summary>The fields of an object are separate holders.</summary>
    private bool VisitFields(GrowthNode[] piles)
    {
        bool found = false;
        foreach (GrowthNode pile in piles.Where(pile => pile.RetainedBytesDelta >= floorBytes))
        {
            _found.Add(new Accumulation(pile, LeakingType(pile), pile.RetainedBytesDelta));
            found = true;
        }

        return found;
    }

    private static bool IsPile(GrowthNode node) =>
        node.Step.Kind == PathStepKind.Type && node.ObjectsDelta >= PileObjects && node.RetainedBytesDelta > 0;

    /// <summary>
    /// The type that a team recognises: the nearest one of the application that multiplies along (a <c>Session</c> within its dictionary's
    /// nodes); else the platform's, but not the nodes of its collections where something else hangs on them.
    /// </summary>
    private static GrowthNode LeakingType(GrowthNode pile)
    {
        if (Nearest(pile, node => node.Origin == TypeOrigin.Application) is { } application)
        {
            return application;
        }

        GrowthNode at = pile;
        while (IsPlumbing(at.Step.Name)
            && at.Children.Where(child => MultipliesLike(child, pile)).MaxBy(child => child.RetainedBytesDelta) is { } content)
        {
            at = content;
        }

        return at;
    }

    private static GrowthNode? Nearest(GrowthNode pile, Func<GrowthNode, bool> isWanted)
    {
        List<GrowthNode> level = [pile];
        while (level.Count != 0)
        {
            if (level.Where(isWanted).MaxBy(node => node.RetainedBytesDelta) is { } wanted)
            {
                return wanted;
            }

            level = [.. level.SelectMany(node => node.Children).Where(child => MultipliesLike(child, pile))];
        }

        return null;
    }

    /// <summary>At least one for every two of the pile.</summary>
    private static bool MultipliesLike(GrowthNode node, GrowthNode pile) => node.ObjectsDelta >= Math.Max(PileObjects, pile.ObjectsDelta / 2);

    /// <summary>Nodes of collections come as <c>Node&lt;...&gt;</c>, <c>Entry&lt;...&gt;</c> without a namespace.</summary>
    private static bool IsPlumbing(string type) =>
        type.StartsWith("System.Collections.", StringComparison.Ordinal)
        || type.StartsWith("System.Action", StringComparison.Ordinal)
        || type.StartsWith("System.Func<", StringComparison.Ordinal)
        || type.StartsWith("System.Threading.", StringComparison.Ordinal)
        || !type.Contains('.', StringComparison.Ordinal)
        || (type.IndexOf('<', StringComparison.Ordinal) is > 0 and int generic && !type.AsSpan(0, generic).Contains('.'));
}

/// <summary>Where growth accumulates.</summary>
/// <param name="Point">The holder beneath which everything grows.</param>
/// <param name="Type">The node of the type that gives the finding its name; at or beneath the point.</param>
/// <param name="RetainedBytesDelta">Bytes of everything that came to hang on the point.</param>
internal sealed record Accumulation(GrowthNode Point, GrowthNode Type, long RetainedBytesDelta);
