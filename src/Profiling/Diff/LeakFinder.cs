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

    private readonly Dictionary<PathStep, (long Objects, long Bytes)> _growthOfType = [];

    /// <summary>Accumulation points, the largest retained growth first; of equal growth the application's first.</summary>
    public static IReadOnlyList<Accumulation> Find(GrowthNode heap, long floorBytes)
    {
        var finder = new LeakFinder(floorBytes);
        finder.SumUpTypes(heap);
        return
        [
            .. finder.Visit(heap)
                .Where(finder.IsLeak)
                .OrderByDescending(found => found.RetainedBytesDelta)
                .ThenBy(found => found.Type.Origin)
                .ThenBy(found => found.Type.Step.Name, StringComparer.Ordinal),
        ];
    }

    private void SumUpTypes(GrowthNode heap)
    {
        var rest = new Stack<GrowthNode>([heap]);
        while (rest.TryPop(out GrowthNode? node))
        {
            (long objects, long bytes) = _growthOfType.GetValueOrDefault(node.Step);
            _growthOfType[node.Step] = (objects + node.ObjectsDelta, bytes + node.BytesDelta);
            foreach (GrowthNode child in node.Children)
            {
                rest.Push(child);
            }
        }
    }

    /// <summary>
    /// Objects that hang here now and elsewhere before have changed hands and not multiplied: a request that was on a stack waits in a queue.
    /// At least half of the growth on the path must be growth of the type in the whole heap.
    /// </summary>
    private bool IsLeak(Accumulation found)
    {
        (long objects, long bytes) = _growthOfType[found.Type.Step];
        bool hasMultiplied = IsPile(found.Type) ? objects >= found.Type.ObjectsDelta / 2 : bytes >= found.Type.BytesDelta / 2;
        return hasMultiplied && !OwnObjects.Hold(found.Type.Path());
    }

    private List<Accumulation> Visit(GrowthNode node)
    {
        GrowthNode[] piles = [.. node.Children.Where(IsPile)];
        List<Accumulation> found = [.. node.IsArray ? VisitTable(node, piles) : VisitFields(piles)];
        foreach (GrowthNode holder in node.Children.Where(child => child.RetainedBytesDelta >= floorBytes && !IsPile(child)))
        {
            found.AddRange(Visit(holder));
        }

        if (node.Step.Kind == PathStepKind.Type)
        {
            MergeGrownParts(node, found);
            if (found.Count == 0 && node.BytesDelta >= floorBytes)
            {
                found.Add(new Accumulation(node, node, node.BytesDelta));
            }
        }

        return found;
    }

    /// <summary>
    /// An array that was replaced by a longer one beside the table that fills (the buckets of a dictionary) belongs to the same object and
    /// to the same leak.
    /// </summary>
    private static void MergeGrownParts(GrowthNode owner, List<Accumulation> found)
    {
        Accumulation[] grown = [.. found.Where(part => part.Point == part.Type && part.Point.Parent == owner && !IsPile(part.Point))];
        if (grown.Length == 0 || grown.Length == found.Count)
        {
            return;
        }

        found.RemoveAll(grown.Contains);
        Accumulation largest = found.MaxBy(other => other.RetainedBytesDelta)!;
        found[found.IndexOf(largest)] = largest with { RetainedBytesDelta = largest.RetainedBytesDelta + grown.Sum(part => part.RetainedBytesDelta) };
    }

    /// <summary>An array is one table: its keys, values and its own growth belong together.</summary>
    private IEnumerable<Accumulation> VisitTable(GrowthNode table, GrowthNode[] piles)
    {
        long retained = piles.Sum(pile => pile.RetainedBytesDelta) + table.BytesDelta;
        if (piles.Length == 0 || retained < floorBytes)
        {
            return [];
        }

        GrowthNode largest = piles.OrderBy(pile => LeakingType(pile).Origin).ThenByDescending(pile => pile.RetainedBytesDelta).First();
        return [new Accumulation(table, LeakingType(largest), retained)];
    }

    /// <summary>The fields of an object are separate holders.</summary>
    private IEnumerable<Accumulation> VisitFields(GrowthNode[] piles) => piles
        .Where(pile => pile.RetainedBytesDelta >= floorBytes)
        .Select(pile => new Accumulation(pile, LeakingType(pile), pile.RetainedBytesDelta));

    /// <summary>
    /// Objects that multiply. Arrays do so in the place of their holder where a path came back to their type (a table of documents each of which has a table):
    /// what piles up then hangs on one of them, far below, and they are walked through.
    /// </summary>
    public static bool IsPile(GrowthNode node) =>
        node.Step.Kind == PathStepKind.Type && node.ObjectsDelta >= PileObjects && node.RetainedBytesDelta > 0 && !IsFolded(node);

    private static bool IsFolded(GrowthNode node) =>
        node.IsArray && node.Children.Where(child => child.ObjectsDelta < PileObjects).Sum(child => child.RetainedBytesDelta) > node.RetainedBytesDelta / 2;

    /// <summary>
    /// The type that a team recognises: the nearest one of the application that multiplies along (a <c>Session</c> within its dictionary's
    /// nodes); else the platform's, but not the nodes of its collections where something else hangs on them.
    /// </summary>
    private static GrowthNode LeakingType(GrowthNode pile)
    {
        if (Nearest(pile, node => node.Origin == TypeOrigin.Application && !IsTableOfOwn(node)) is { } application)
        {
            return application;
        }

        GrowthNode at = pile;
        while ((at.IsArray || IsPlumbing(at.Step.Name))
            && at.Children.Where(child => MultipliesLike(child, pile)).MaxBy(child => child.RetainedBytesDelta) is { } content)
        {
            at = content;
        }

        return at;
    }

    /// <summary>An array whose elements multiply is what holds them.</summary>
    private static bool IsTableOfOwn(GrowthNode node) =>
        node.IsArray && node.Children.Any(child => child.Origin == TypeOrigin.Application && child.ObjectsDelta >= Math.Max(PileObjects, node.ObjectsDelta));

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
internal sealed record Accumulation(GrowthNode Point, GrowthNode Type, long RetainedBytesDelta)
{
    /// <summary>Neither the holder nor any type on the way is the application's.</summary>
    public bool IsOnlyThePlatforms => Type.Path().All(step => TypeOrigins.Of(step) == TypeOrigin.Library);

    /// <summary>
    /// Who holds it, where that is neither the application's static field nor the platform's root alone: a service among others in a container, whose way from
    /// the root (a timer, a signal handler, a stack) tells nobody anything.
    /// </summary>
    public PathStep? Holder => Type.Path() is var path && TypeOrigins.Of(path[0]) == TypeOrigin.Application ? null : Nearest()?.Step;

    /// <summary>
    /// What makes it the same leak after a restart: the application's static field, if one is the root, and the path from its nearest only object on. What lies
    /// between, in a container, depends on which service was asked for first.
    /// </summary>
    public IEnumerable<PathStep> Identity()
    {
        IReadOnlyList<PathStep> path = Type.Path();
        return Nearest() is not { } nearest ? path : [.. path.Take(TypeOrigins.Of(path[0]) == TypeOrigin.Application ? 1 : 0), .. path.Skip(nearest.Path().Count - 1)];
    }

    /// <summary>The application's nearest object that is the only one on its path.</summary>
    private GrowthNode? Nearest()
    {
        GrowthNode? at = Type.Parent;
        while (at is { Step.Kind: PathStepKind.Type } && at is not { Origin: TypeOrigin.Application, IsArray: false, ObjectsAfter: 1 })
        {
            at = at.Parent;
        }

        return at is { Step.Kind: PathStepKind.Type } ? at : null;
    }
}
