using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace HeapDrift.Collector.Web;

/// <summary>
/// <c>GET /</c>: workers, captures and a button, for people without Grafana. Three files that ship inside the executable; what they show they ask
/// <c>/api/workers</c> and <c>/api/captures</c> for.
/// </summary>
internal static class PageEndpoints
{
    public static void MapPage(this IEndpointRouteBuilder endpoints)
    {
        Map(endpoints, "/", "agent.html", PageResult.Html);
        Map(endpoints, "/agent.css", "agent.css", "text/css; charset=utf-8");
        Map(endpoints, "/agent.js", "agent.js", "text/javascript; charset=utf-8");
    }

    private static void Map(IEndpointRouteBuilder endpoints, string path, string resource, string contentType)
    {
        var answer = new PageResult(Read(resource), contentType, PageResult.PagePolicy);
        endpoints.MapGet(path, () => answer);
    }

    private static byte[] Read(string resource)
    {
        using Stream stream = typeof(PageEndpoints).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"the assembly was built without {resource}");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return copy.ToArray();
    }
}
