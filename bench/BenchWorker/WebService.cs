using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace BenchTarget;

/// <summary>Kestrel on a free port: <c>GET /numbers/N</c> answers the numbers from N on, one hundred lines, so that each response can be checked.</summary>
public static class WebService
{
    private const int Lines = 100;

    /// <returns>Its address.</returns>
    public static async Task<string> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication application = builder.Build();
        application.MapGet("/numbers/{first:int}", Numbers);
        await application.StartAsync();
        return application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
    }

    private static string Numbers(int first)
    {
        var text = new StringBuilder();
        foreach (int number in Enumerable.Range(first, Lines))
        {
            text.Append(number.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }

        return text.ToString();
    }
}
